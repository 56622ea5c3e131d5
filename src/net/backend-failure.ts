/** A failure of the device that a backend computes on, which a person can mend; known by its shape, not its class. */
export interface BackendFailure {
  readonly backendFailure: true;
  readonly code: 'out-of-memory' | 'device-lost';
  /** What happened and what to do. */
  readonly message: string;
}

/** What a backend's call rejects with: `throw backendFailure('device-lost', '…')`. */
export const backendFailure = (code: BackendFailure['code'], message: string): BackendFailure & Error =>
  Object.assign(new Error(message), { backendFailure: true as const, code });

export const isBackendFailure = (error: unknown): error is BackendFailure =>
  typeof error === 'object' && error !== null && (error as Partial<BackendFailure>).backendFailure === true;
