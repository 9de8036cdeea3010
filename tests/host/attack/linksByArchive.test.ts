/** By Docker's own calls, where no helper can run, pushes follow no link that the application made. */
import { describe, vi } from 'vitest';
import { HelperUnavailable } from '../../../extension/host/helper/errors.js';
import { linksAreNotFollowed } from './links.js';

vi.mock('../../../extension/host/helper/binary.js', () => ({
    binaryOf: () => Promise.reject(new HelperUnavailable('none is made for this test')),
}));

describe('without the helper', linksAreNotFollowed);
