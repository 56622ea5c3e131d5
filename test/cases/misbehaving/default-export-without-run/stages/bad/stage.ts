export default { go() {} };
