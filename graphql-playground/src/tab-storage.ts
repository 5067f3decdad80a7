import type { Storage } from '@graphiql/toolkit';

/** What GraphiQL finds before anything was kept: a slimmer left panel than its own default of a third. */
const AT_FIRST: Record<string, string> = { 'graphiql:docExplorerFlex': '0.27' };

/**
 * Where GraphiQL keeps editors, history and settings: in this browser tab first, so that two tabs side by side do not
 * mix, and for all tabs, so that a new one starts where the last one was.
 */
export const tabStorage: Storage = {
  getItem: (key) => sessionStorage.getItem(key) ?? localStorage.getItem(key) ?? AT_FIRST[key] ?? null,
  setItem(key, value) {
    sessionStorage.setItem(key, value);
    localStorage.setItem(key, value);
  },
  removeItem(key) {
    sessionStorage.removeItem(key);
    localStorage.removeItem(key);
  },
  clear() {
    sessionStorage.clear();
    localStorage.clear();
  },
  get length() {
    return localStorage.length;
  },
};
