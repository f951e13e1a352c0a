/** The pages' few drawings; none of them says what words do not. */

import { svg } from './dom.js';

const line = (d: string): SVGElement =>
  svg('path', {
    d,
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': 1.8,
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
  });

function drawing(name: string, ...paths: string[]): SVGElement {
  return svg('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true', class: name }, ...paths.map(line));
}

const HEAD = 'M12 4.5c3 0 5 2.2 5 5.5s-2 7-5 7-5-3.7-5-7 2-5.5 5-5.5z';

/** A drawing by what it stands for. */
export function draw(what: string, name = ''): SVGElement {
  return drawing(name, ...(DRAWINGS[what] ?? []));
}

const DRAWINGS: Record<string, string[]> = {
  document: ['M4 5h16v14H4z', 'M7.5 10.5a1.8 1.8 0 1 0 3.6 0 1.8 1.8 0 1 0-3.6 0', 'M6.5 15.5c.6-1.6 5-1.6 5.6 0', 'M14.5 9.5H17M14.5 12.5H17M14.5 15.5H17'],
  camera: ['M4 8h3.2l1.4-2h6.8l1.4 2H20v10.5H4z', 'M8.8 13a3.2 3.2 0 1 0 6.4 0 3.2 3.2 0 1 0-6.4 0'],
  place: ['M8.5 12a3.5 3.5 0 1 0 7 0 3.5 3.5 0 1 0-7 0', 'M12 4v1.5M12 18.5V20M4 12h1.5M18.5 12H20M6.3 6.3l1.1 1.1M16.6 16.6l1.1 1.1M6.3 17.7l1.1-1.1M16.6 7.4l1.1-1.1'],
  done: ['M3.5 12a8.5 8.5 0 1 0 17 0 8.5 8.5 0 1 0-17 0', 'M8.2 12.3l2.6 2.6 5-5.6'],
  person: ['M8.8 8.5a3.2 3.2 0 1 0 6.4 0 3.2 3.2 0 1 0-6.4 0', 'M5.5 19c.6-4.6 12.4-4.6 13 0'],
  attention: ['M3.5 12a8.5 8.5 0 1 0 17 0 8.5 8.5 0 1 0-17 0', 'M12 7.5v5.5M12 16.2v.3'],
  rest: [HEAD, 'M10 9.5v.4M14 9.5v.4M10.3 13.5h3.4'],
  // The pages show the camera as a mirror: the person's own left is on the left.
  turn_left: [HEAD, 'M8.8 9.5v.4M12 9.5v.4', 'M5 20.5h9M7.5 18L5 20.5 7.5 23'],
  turn_right: [HEAD, 'M12 9.5v.4M15.2 9.5v.4', 'M19 20.5h-9M16.5 18l2.5 2.5-2.5 2.5'],
  nod: [HEAD, 'M10 9.5v.4M14 9.5v.4', 'M20.5 7v9M18 13.5l2.5 2.5 2.5-2.5'],
  blink: [HEAD, 'M9 9.8c.6.6 1.5.6 2.1 0M12.9 9.8c.6.6 1.5.6 2.1 0M10.3 13.5h3.4'],
  open_mouth: [HEAD, 'M10 9.2v.4M14 9.2v.4', 'M10.4 13.3a1.6 1.3 0 1 0 3.2 0 1.6 1.3 0 1 0-3.2 0'],
};

/** A frame to fill: the share of the picture in which an oval or a card stands. */
export function guide(shape: 'oval' | 'card'): SVGElement {
  const oval = shape === 'oval';
  const [width, height] = oval ? [60, 80] : [100, 75];
  const inner = oval
    ? 'M30 12c12.5 0 19.5 10.5 19.5 25S41 67 30 67 10.5 51.500 10.5 37 17.500 12 30 12z'
    : 'M10 9.500h80a3 3 0 0 1 3 3v50a3 3 0 0 1-3 3H10a3 3 0 0 1-3-3v-50a3 3 0 0 1 3-3z';
  return svg(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, class: 'guide', preserveAspectRatio: 'xMidYMid slice', 'aria-hidden': 'true' },
    svg('path', { class: 'shade', 'fill-rule': 'evenodd', d: `M-60-60h240v240h-240z${inner}` }),
    svg('path', { class: 'edge', d: inner }),
  );
}

/** A code as a drawing; `label` says what it is. */
export function code(modules: boolean[][], label: string): SVGElement {
  const quiet = 4;
  const size = modules.length + 2 * quiet;
  let d = '';
  modules.forEach((row, y) => {
    row.forEach((dark, x) => {
      if (dark) d += `M${x + quiet} ${y + quiet}h1v1h-1z`;
    });
  });
  const box = `0 0 ${size} ${size}`;
  return svg(
    'svg',
    { viewBox: box, role: 'img', 'aria-label': label, 'shape-rendering': 'crispEdges' },
    svg('path', { d: `M0 0h${size}v${size}H0z`, fill: '#ffffff' }),
    svg('path', { d, fill: '#000000' }),
  );
}
