/** The hosted pages, as the server's `/verify` loads them. */

import { start } from './flow.js';
import { page } from './platform.js';

const root = document.getElementById('flow');
if (root) void start(root, page);
