// The document, in few words. Everything that comes from outside is shown as text.

export const $ = (id) => document.getElementById(id);

/** Only if it is another text: whoever listens to a screen reader is told of a change, not of the same again. */
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
