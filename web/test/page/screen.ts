/** Reads what the page's screen shows: the colour that is topmost at a place. */

import { LINEAR, type Light } from './head.js';

function lightAt(x: number, y: number): Light {
  for (let element = document.elementFromPoint(x, y); element; element = element.parentElement) {
    const colour = getComputedStyle(element).backgroundColor;
    const [r, g, b, a] = (colour.match(/[\d.]+/g) ?? []).map(Number);
    if (a === 0 || r === undefined || g === undefined || b === undefined) continue;
    return [LINEAR[r] ?? 0, LINEAR[g] ?? 0, LINEAR[b] ?? 0];
  }
  return [1, 1, 1];
}

/** The light of each half: the mean over some places, so that what covers counts. */
export function screenLight(): { top: Light; bottom: Light } {
  const mean = (from: number): Light => {
    const sum = [0, 0, 0];
    const places = [0.2, 0.5, 0.8];
    for (const across of places) {
      for (const down of places) {
        const light = lightAt(innerWidth * across, innerHeight * (from + down / 2));
        light.forEach((value, k) => {
          sum[k] = (sum[k] ?? 0) + value / 9;
        });
      }
    }
    return sum as unknown as Light;
  };
  return { top: mean(0), bottom: mean(0.5) };
}
