/** Small helpers to write a page with. */

type Child = Node | string | undefined | false | null;
type Attributes = Record<string, string | number | boolean | undefined | ((event: Event) => void)>;

/** An element: attributes by name, listeners as `onname`, children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  add(element, children);
  return element;
}

/** Adds what there is of `children`. */
export function add(element: Element, children: Child[]): void {
  for (const child of children) if (child) element.append(child);
}

/** An element of a drawing. */
export function svg(tag: string, attributes: Record<string, string | number>, ...children: Node[]): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}
