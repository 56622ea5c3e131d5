declare module 'fs-native-extensions' {
  /** Exclusive lock of the whole file by open file description; false when another description holds it. */
  export function tryLock(fd: number): boolean;
}
