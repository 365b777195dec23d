/** A file that the build puts into the bundle as minified text (scripts/page-texts.ts). */
declare module '*?text' {
  export const text: string;
  /** As a Content-Security-Policy names it: `'sha256-…'`. */
  export const hash: string;
}
