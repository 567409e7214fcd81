/** What is called of the search library, which is installed apart, by the bench, and not with the project. */
declare module 'minisearch' {
  export default class MiniSearch {
    constructor(options: { fields: string[]; storeFields: string[] });
    add(entry: { id: number; title: string; text: string }): void;
    search(text: string, options: { combineWith: 'AND' }): { id: number }[];
  }
}
