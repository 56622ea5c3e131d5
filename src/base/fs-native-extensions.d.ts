declare module 'fs-native-extensions' {
  /**
   * Lock of the whole file by open file description, exclusive unless `shared`; false when another description holds
   * one that it cannot stand beside.
   */
  export function tryLock(fd: number, options?: { readonly shared?: boolean }): boolean;
}
