exports.offer = 'Two rolls for the price of one';
