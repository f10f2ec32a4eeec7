// How well a picture of a paper can be read, measured on the telephone before anything is sent:
// the same measures as verifiers/materials/handed_in_legibility.py, which tests hold it against.
const FRAME = 0.01; // of the longer side: how deep the frame is looked at
const MIDDLE = 0.14; // of each side is left out where sharpness and glare are looked for
const ENOUGH_TILES = 4;

/** Measures an ImageData of `sight.side` pixels; `longerSide` is how many it had at first. */
export function measure({ data, width, height }, longerSide, sight) {
  const luma = new Float32Array(width * height);
  const pale = new Uint8Array(width * height);
  for (let i = 0, at = 0; i < luma.length; i += 1, at += 4) {
    const [r, g, b] = [data[at], data[at + 1], data[at + 2]];
    luma[i] = 0.299 * r + 0.587 * g + 0.114 * b;
    pale[i] = Math.max(r, g, b) - Math.min(r, g, b) <= sight.paper_colour ? 1 : 0;
  }
  const picture = { luma, pale, width, height };
  const paper = paperOf(luma);
  return { ...sharpnessOf(picture, sight), paper, glare: glareOf(picture, paper, sight), ...frameOf(picture, paper, sight), longerSide };
}

/** What could be better, as codes; `useless` is what makes it no use to send it. */
export function judge(found, sight) {
  const useless = [];
  if (found.longerSide < sight.coarse[1]) useless.push('PICTURE_TOO_SMALL');
  if (found.paper < sight.dark[1]) useless.push('PICTURE_DARK');
  else if (found.structured < sight.blank) useless.push('PICTURE_BLANK');
  else if (found.sharpness < sight.sharp[1]) useless.push('PICTURE_UNREADABLE');
  const signs = [
    ['BLURRED', found.sharpness < sight.sharp[0]], ['GLARE', found.glare > sight.glare],
    ['DARK', found.paper < sight.dark[0]], ['EDGE_CUT', isCut(found, sight)], ['COARSE', found.longerSide < sight.coarse[0]],
  ];
  return { advice: signs.filter(([, told]) => told).map(([code]) => code), useless };
}

function isCut({ sides, ink }, sight) {
  const most = Math.max(...sides);
  return Math.min(...sides) < sight.side_free ? most > sight.side_cut : ink > sight.ink_cut;
}

/** The median of what is bright for this picture, by counting. */
function paperOf(luma) {
  let low = 255;
  let high = 0;
  for (const value of luma) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const from = Math.min((low + high) / 2, 128);
  const counts = new Uint32Array(2048);
  let total = 0;
  for (const value of luma) {
    if (value < from) continue;
    counts[Math.min(2047, Math.round(value * 8))] += 1;
    total += 1;
  }
  for (let i = 0, seen = 0; i < counts.length; i += 1) {
    seen += counts[i];
    if (seen * 2 >= total) return i / 8;
  }
  return 0;
}

function middle({ width, height }) {
  const [across, down] = [Math.round(width * MIDDLE), Math.round(height * MIDDLE)];
  return { left: across, top: down, right: width - across, bottom: height - down };
}

function deviation(sum, squares, n) {
  return Math.sqrt(Math.max(squares / n - (sum / n) ** 2, 0));
}

function sharpnessOf(picture, sight) {
  const { luma, width } = picture;
  const { left, top, right, bottom } = middle(picture);
  const tile = sight.tile;
  const ratios = [[], []];
  let tiles = 0;
  for (let y0 = top + 1; y0 + tile <= bottom - 1; y0 += tile) {
    for (let x0 = left + 1; x0 + tile <= right - 1; x0 += tile) {
      tiles += 1;
      const sums = [0, 0, 0, 0, 0, 0];
      for (let y = y0; y < y0 + tile; y += 1) {
        for (let x = x0, at = y * width + x0; x < x0 + tile; x += 1, at += 1) {
          const value = luma[at];
          const values = [value, 2 * value - luma[at - 1] - luma[at + 1], 2 * value - luma[at - width] - luma[at + width]];
          for (let k = 0; k < 3; k += 1) {
            sums[2 * k] += values[k];
            sums[2 * k + 1] += values[k] ** 2;
          }
        }
      }
      const spread = deviation(sums[0], sums[1], tile * tile);
      if (spread < sight.structured) continue;
      ratios[0].push(deviation(sums[2], sums[3], tile * tile) / spread);
      ratios[1].push(deviation(sums[4], sums[5], tile * tile) / spread);
    }
  }
  if (ratios[0].length < ENOUGH_TILES) return { sharpness: 0, structured: 0 };
  return { sharpness: Math.min(...ratios.map(upperQuartile)), structured: ratios[0].length / tiles };
}

function upperQuartile(values) {
  const sorted = values.sort((a, b) => a - b);
  const at = 0.75 * (sorted.length - 1);
  const below = Math.floor(at);
  return sorted[below] + (at - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
}

function glareOf(picture, paper, sight) {
  if (paper >= sight.paper_white) return 0;
  const { left, top, right, bottom } = middle(picture);
  let burnt = 0;
  for (let y = top; y < bottom; y += 1) {
    for (let at = y * picture.width + left; at < y * picture.width + right; at += 1) burnt += picture.luma[at] >= sight.burnt ? 1 : 0;
  }
  return burnt / Math.max((right - left) * (bottom - top), 1);
}

/** How much of each side is paper (top, right, bottom, left), and how much ink crosses the frame. */
function frameOf({ luma, pale, width, height }, paper, sight) {
  const deep = Math.max(Math.round(Math.max(width, height) * FRAME), 2);
  const places = [
    [width, (i, k) => k * width + i], [height, (i, k) => i * width + width - 1 - k],
    [width, (i, k) => (height - 1 - k) * width + i], [height, (i, k) => i * width + k],
  ];
  const crossed = [];
  const sides = places.map(([length, place]) => {
    let like = 0;
    let inked = 0;
    for (let i = 0; i < length; i += 1) {
      let [light, white, step] = [0, 0, false];
      for (let k = 0; k < deep; k += 1) {
        light += luma[place(i, k)];
        white += pale[place(i, k)];
        step ||= i + 1 < length && Math.abs(luma[place(i + 1, k)] - luma[place(i, k)]) > sight.ink_step;
      }
      like += light / deep >= paper * sight.paper_share && white / deep >= 0.5 ? 1 : 0;
      inked += step ? 1 : 0;
    }
    crossed.push(inked / Math.max(length - 1, 1));
    return like / length;
  });
  return { sides, ink: Math.max(...crossed) };
}
