/** Who was signed in lately in this browser, in any tab: probably the two who are to talk to each other. */

const STORAGE_KEY = 'backchannel:recent';
const KEPT = 5;

export function rememberPerson(handle: string): void {
  const others = recentPeople().filter((other) => other !== handle);
  localStorage.setItem(STORAGE_KEY, JSON.stringify([handle, ...others].slice(0, KEPT)));
}

/** Handles, the latest first. */
export function recentPeople(): string[] {
  try {
    const stored = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '[]');
    return Array.isArray(stored) ? stored : [];
  } catch {
    return [];
  }
}
