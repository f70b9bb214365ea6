/** The version of the archive format that this package writes, and the newest that it reads. */
export const FORMAT_VERSION = 2;
