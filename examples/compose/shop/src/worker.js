// Puts the offer of the day into the cache.
const { offer } = require('./offer.js');

const put = () =>
    fetch(`${process.env.CACHE}/offer`, { method: 'PUT', body: offer })
        .then(() => console.log(`worker: put "${offer}"`))
        .catch((error) => console.log(`worker: ${error.message}`));

put();
setInterval(put, 5000);
process.on('SIGTERM', () => process.exit(0));
