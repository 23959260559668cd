// Short functions for the document. All content from other services is shown as text.

/**
 * Finds a panel's element by its attribute `data-target`.
 *
 * @template {Element} [T=HTMLElement]
 * @param {ParentNode} root the panel's root element
 * @param {string} name
 * @param {new () => T} [type] the element's class
 * @returns {T}
 */
export function target(root, name, type) {
  const found = root.querySelector(`[data-target="${name}"]`);
  if (!(found instanceof (type ?? Element))) throw new Error(`the page has no such element: ${name}`);
  return /** @type {T} */ (found);
}

/**
 * Shows a text, only if it has changed. Otherwise a screen reader would repeat the same text.
 *
 * @param {Element} element
 * @param {string} text
 */
export function show(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Creates an element.
 *
 * @param {string} name
 * @param {Record<string, string | boolean>} [attributes]
 * @param {...(Node | string)} children
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

/**
 * Makes a button unavailable for a time. The button keeps the focus, which the attribute `disabled` would take from it.
 *
 * @param {HTMLButtonElement} button
 * @param {boolean} busy
 */
export function setBusy(button, busy) {
  button.setAttribute('aria-disabled', String(busy));
}

/**
 * Calls a function for each click, unless the button is busy.
 *
 * @param {HTMLButtonElement} button
 * @param {() => void} action
 */
export function onClick(button, action) {
  button.disabled = false; // buttons are disabled until the page has started
  button.addEventListener('click', () => button.getAttribute('aria-disabled') === 'true' || action());
}
