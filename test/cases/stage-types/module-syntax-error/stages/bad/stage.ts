export default {
  run() { return { out: 1 ; }
};
