// @ts-check
// The little that the page does with its elements. Nothing is written as markup: text goes through textContent.

/** The element of an id, which page.html has. @param {string} id */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no element ${id}`);
  return found;
}

/** A copy of a template's one element. @param {string} id */
export function copyOf(id) {
  const template = byId(id);
  const first = template instanceof HTMLTemplateElement ? template.content.firstElementChild : null;
  const copy = first?.cloneNode(true);
  if (!(copy instanceof HTMLElement)) throw new Error(`template ${id} is empty`);
  return copy;
}

/**
 * Writes a text where it changed only, so that a selection survives and nothing is read out again.
 *
 * @param {Element} element
 * @param {string} text
 */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Writes texts into the fields of an element.
 *
 * @param {Element} element
 * @param {Record<string, string>} texts - by `data-field`
 */
export function fill(element, texts) {
  for (const [name, text] of Object.entries(texts)) {
    const field = element.querySelector(`[data-field="${name}"]`);
    if (field !== null) write(field, text);
  }
}

/**
 * Makes the children of a container those of some items: what stays is kept and brought up to date, in the items' order.
 *
 * @template Item
 * @param {Element} container
 * @param {readonly Item[]} items
 * @param {{ key: (item: Item) => string, create: () => HTMLElement, update: (element: HTMLElement, item: Item, index: number) => void }} how
 */
export function showEach(container, items, { key, create, update }) {
  /** @type {Map<string, HTMLElement>} */
  const left = new Map();
  for (const child of container.children)
    if (child instanceof HTMLElement) left.set(child.dataset["key"] ?? "", child);
  let place = container.firstElementChild;
  items.forEach((item, index) => {
    const name = key(item);
    const element = left.get(name) ?? create();
    left.delete(name);
    element.dataset["key"] = name;
    update(element, item, index);
    if (element === place) place = place.nextElementSibling;
    else container.insertBefore(element, place);
  });
  for (const element of left.values()) element.remove();
}
