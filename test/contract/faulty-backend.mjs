/**
 * A backend whose device fails where a test says so; everything else is done by a real one, which is held to the
 * contract that calls do not overlap.
 *
 * @typedef {import('../../src/net/backend.ts').Backend} Backend
 * @typedef {import('../../src/net/backend.ts').Model} Model
 * @typedef {object} Fault
 * @property {'out-of-memory' | 'device-lost'} [code] how the device fails: once, or from then on
 * @property {string} [message] what the failure says
 * @property {number} [call] number of the call that fails, counted over all models from 1
 * @property {number} [lateMs] how long every answer takes to come
 */

const { backendFailure } = await import(`${'../../dist/'}net/backend-failure.js`);

/**
 * @param {Backend} real
 * @param {Fault} fault
 * @returns {Backend}
 */
export function faultyBackend(real, { code, message = '', call: failing = 0, lateMs }) {
  let calls = 0;
  let busy = false;

  /**
   * @template {unknown[]} A, R
   * @param {string} name
   * @param {(...args: A) => Promise<R>} call
   * @returns {(...args: A) => Promise<R>}
   */
  const disturbed =
    (name, call) =>
    async (...args) => {
      if (busy)
        throw new Error(`internal error: expected ${name} after the call before it, got both at once`);
      busy = true;
      try {
        calls++;
        const fails = code === 'device-lost' ? calls >= failing : calls === failing;
        if (code !== undefined && fails) throw backendFailure(code, message);
        const result = await call(...args);
        if (lateMs !== undefined) await new Promise((done) => setTimeout(done, lateMs));
        return result;
      } finally {
        busy = false;
      }
    };

  return {
    info: real.info,
    async build(weights, optimiser) {
      const model = await real.build(weights, optimiser);
      return {
        weights: model.weights,
        step: disturbed('step', (...args) => model.step(...args)),
        gradients: disturbed('gradients', (...args) => model.gradients(...args)),
        evaluate: disturbed('evaluate', (...args) => model.evaluate(...args)),
        recalibrate: disturbed('recalibrate', (...args) => model.recalibrate(...args)),
        read: disturbed('read', (...args) => model.read(...args)),
        write: disturbed('write', (...args) => model.write(...args)),
        close: () => model.close(),
      };
    },
    time: (path, options) => real.time(path, options),
    close: () => real.close(),
  };
}
