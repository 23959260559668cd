// Short functions for the document. All content from other services is shown as text.

export const $ = (id) => document.getElementById(id);

/** Shows a text, only if it has changed. Otherwise a screen reader would repeat the same text. */
export function show(id, text) {
  const element = $(id);
  if (element.textContent !== String(text)) element.textContent = text;
}

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.map((child) => (child instanceof Node ? child : String(child))));
  return made;
}
