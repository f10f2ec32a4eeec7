// Makes code symbols (ISO/IEC 18004) of alphanumeric text: level M, versions 1 to 20, mask 2.
// What is shown here is signed bytes: as even as chance, so that no mask is better than another.
const SYMBOLS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const MASK = 2;
// Level M by version: error correction words a block, then [blocks, data words] once or twice.
const BLOCKS = [
  [10, [1, 16]], [16, [1, 28]], [26, [1, 44]], [18, [2, 32]], [24, [2, 43]], [16, [4, 27]], [18, [4, 31]],
  [22, [2, 38], [2, 39]], [22, [3, 36], [2, 37]], [26, [4, 43], [1, 44]], [30, [1, 50], [4, 51]],
  [22, [6, 36], [2, 37]], [22, [8, 37], [1, 38]], [24, [4, 40], [5, 41]], [24, [5, 41], [5, 42]],
  [28, [7, 45], [3, 46]], [28, [10, 46], [1, 47]], [26, [9, 43], [4, 44]], [26, [3, 44], [11, 45]],
  [26, [3, 41], [13, 42]],
];
const [EXP, LOG] = [new Uint8Array(512), new Uint8Array(256)];
for (let i = 0, x = 1; i < 255; i += 1) {
  EXP[i] = EXP[i + 255] = x;
  LOG[x] = i;
  x = (x << 1) ^ (x & 128 ? 0x11d : 0);
}
const times = (a, b) => (a && b ? EXP[LOG[a] + LOG[b]] : 0);

const capacity = ([, ...groups]) => groups.reduce((sum, [count, words]) => sum + count * words, 0);

/** The bits of the text, padded to the version's data words; null if it is too long for it. */
function dataWords(text, version) {
  const bits = [];
  const put = (value, length) => {
    for (let i = length - 1; i >= 0; i -= 1) bits.push((value >> i) & 1);
  };
  put(2, 4);
  put(text.length, version < 10 ? 9 : 11);
  for (let i = 0; i < text.length; i += 2) {
    const [first, second] = [SYMBOLS.indexOf(text[i]), SYMBOLS.indexOf(text[i + 1])];
    if (i + 1 < text.length) put(first * 45 + second, 11);
    else put(first, 6);
  }
  const room = capacity(BLOCKS[version - 1]) * 8;
  if (bits.length > room) return null;
  put(0, Math.min(4, room - bits.length));
  put(0, -bits.length & 7);
  const words = [];
  for (let i = 0; i < bits.length; i += 8) words.push(parseInt(bits.slice(i, i + 8).join(''), 2));
  for (let pad = 0xec; words.length < room / 8; pad ^= 0xfd) words.push(pad);
  return words;
}

function correction(data, count) {
  let generator = [1];
  for (let i = 0; i < count; i += 1) {
    generator = [...generator, 0].map((v, j) => v ^ (j ? times(generator[j - 1], EXP[i]) : 0));
  }
  const rest = [...data, ...new Array(count).fill(0)];
  for (let i = 0; i < data.length; i += 1) {
    if (rest[i]) for (let j = 1; j <= count; j += 1) rest[i + j] ^= times(generator[j], rest[i]);
  }
  return rest.slice(data.length);
}

/** All words in the order they are placed: the blocks' data in turn, then their correction. */
function interleaved(words, [count, ...groups]) {
  const blocks = [];
  let at = 0;
  for (const [blocksOf, size] of groups) {
    for (let i = 0; i < blocksOf; i += 1) blocks.push(words.slice(at, (at += size)));
  }
  const turn = (lists) => {
    const longest = Math.max(...lists.map((list) => list.length));
    return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => (i < list.length ? [list[i]] : []))).flat();
  };
  return [...turn(blocks), ...turn(blocks.map((block) => correction(block, count)))];
}

function alignments(version, size) {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  return [6, ...Array.from({ length: count - 1 }, (_, i) => size - 7 - i * step).reverse()];
}

/** A remainder by a BCH polynomial, after the value itself. */
function protectedBits(value, polynomial, length) {
  const degree = 31 - Math.clz32(polynomial);
  let rest = value << degree;
  for (let i = length - 1; i >= 0; i -= 1) if ((rest >> (i + degree)) & 1) rest ^= polynomial << i;
  return (value << degree) | rest;
}

function frame(version, size) {
  const [modules, fixed] = [new Uint8Array(size * size), new Uint8Array(size * size)];
  const set = (x, y, black) => {
    if (x < 0 || y < 0 || x >= size || y >= size) return;
    modules[y * size + x] = black ? 1 : 0;
    fixed[y * size + x] = 1;
  };
  const square = (cx, cy, reach, rings) => {
    for (let dy = -reach; dy <= reach; dy += 1) {
      for (let dx = -reach; dx <= reach; dx += 1) set(cx + dx, cy + dy, rings.includes(Math.max(Math.abs(dx), Math.abs(dy))));
    }
  };
  for (let i = 0; i < size; i += 1) {
    set(i, 6, i % 2 === 0);
    set(6, i, i % 2 === 0);
  }
  const middles = alignments(version, size);
  const last = middles.length - 1;
  middles.forEach((x, i) => middles.forEach((y, j) => {
    if (!((i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0))) square(x, y, 2, [0, 2]);
  }));
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) square(x, y, 4, [0, 1, 3]);
  const format = protectedBits(MASK, 0x537, 5) ^ 0x5412; // level M is 00
  for (let i = 0; i < 15; i += 1) {
    const bit = (format >> i) & 1;
    set(8, i < 6 ? i : i < 8 ? i + 1 : size - 15 + i, bit);
    set(i < 8 ? size - 1 - i : i < 9 ? 7 : 14 - i, 8, bit);
  }
  set(8, size - 8, 1);
  for (let i = 0; version >= 7 && i < 18; i += 1) {
    const bit = (protectedBits(version, 0x1f25, 6) >> i) & 1;
    const [a, b] = [size - 11 + (i % 3), Math.floor(i / 3)];
    set(a, b, bit);
    set(b, a, bit);
  }
  return { modules, fixed };
}

function place(words, { modules, fixed }, size) {
  let bit = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    const up = ((right + 1) & 2) === 0;
    for (let step = 0; step < size; step += 1) {
      const y = up ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (fixed[y * size + x]) continue;
        const black = bit < words.length * 8 ? (words[bit >> 3] >> (7 - (bit & 7))) & 1 : 0;
        modules[y * size + x] = black ^ (x % 3 === 0 ? 1 : 0);
        bit += 1;
      }
    }
  }
}

/** The symbol of a text: {modules: Uint8Array of 0 and 1 by rows, size}; throws RangeError if none. */
export function symbolOf(text) {
  if ([...text].some((symbol) => !SYMBOLS.includes(symbol))) throw new RangeError('not alphanumeric');
  for (let version = 1; version <= BLOCKS.length; version += 1) {
    const words = dataWords(text, version);
    if (!words) continue;
    const size = version * 4 + 17;
    const made = frame(version, size);
    place(interleaved(words, BLOCKS[version - 1]), made, size);
    return { modules: made.modules, size };
  }
  throw new RangeError('the text fits no version up to 20');
}
