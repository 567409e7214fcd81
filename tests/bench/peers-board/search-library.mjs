import MiniSearch from 'minisearch';

/** A search library in memory, as its documentation sets it up. */
export function createSearchLibrary() {
  const library = new MiniSearch({ fields: ['title', 'text'], storeFields: ['title', 'text'] });
  return {
    /** @param {{ id: number, title: string, text: string }} entry */
    add: (entry) => {
      library.add(entry);
    },
    /** @param {string} text */
    find: (text) => library.search(text, { combineWith: 'AND' }).slice(0, 20).length,
  };
}
