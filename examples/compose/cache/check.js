// Healthy when the store answers.
fetch('http://127.0.0.1:6380/').then(
    () => process.exit(0),
    () => process.exit(1),
);
