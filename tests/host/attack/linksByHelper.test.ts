/** By the helper, pushes follow no link that the application made. */
import { describe } from 'vitest';
import { linksAreNotFollowed } from './links.js';

describe('by the helper', linksAreNotFollowed);
