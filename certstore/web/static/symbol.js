// Draws a code symbol as one SVG path, black on white with its quiet zone.
const QUIET = 4; // modules of white around the symbol
const SVG = 'http://www.w3.org/2000/svg';

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** The path of the black modules; `black(i)` says it of the i-th, row by row. */
function path(black, size) {
  let d = '';
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      if (!black(y * size + x)) continue;
      const from = x;
      while (x < size && black(y * size + x)) x += 1;
      d += `M${from + QUIET} ${y + QUIET}h${x - from}v1h${from - x}z`;
    }
  }
  return d;
}

/** Draws modules in place of what the box holds: a Uint8Array of 0 and 1, or packed in base64. */
export function draw(box, { modules, size }, label) {
  let black = (i) => modules[i];
  if (typeof modules === 'string') {
    const bytes = Uint8Array.from(atob(modules), (c) => c.charCodeAt(0)); // eight to a byte
    black = (i) => (bytes[i >> 3] >> (7 - (i & 7))) & 1;
  }
  const side = size + 2 * QUIET;
  const svg = element('svg', { class: 'qr', viewBox: `0 0 ${side} ${side}`, role: 'img', 'aria-label': label, 'shape-rendering': 'crispEdges' });
  svg.append(element('path', { fill: '#fff', d: `M0 0h${side}v${side}H0z` }), element('path', { d: path(black, size) }));
  box.replaceChildren(svg);
}
