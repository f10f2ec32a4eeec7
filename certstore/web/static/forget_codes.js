// Signed out: the off-line codes on this phone go, too. The key stays; it is of no use without them.
import { dropCodes } from './kept_codes.js';

dropCodes().catch(() => null);
