// Dresses a page that was kept without cookies as its reader chose: size of type, light or dark.
const words = /(?:^|; )dress=([a-z.]+)/.exec(document.cookie)?.[1].split('.') ?? [];
const { dataset } = document.documentElement;
if (words.includes('elder')) dataset.size = 'elder';
const theme = words.find((word) => word === 'light' || word === 'dark');
if (theme) dataset.theme = theme;
