import { useSyncExternalStore } from 'react';

/** A value that components follow with `useValue`; changed by replacing it. */
export class Store<State> {
  private listeners = new Set<() => void>();

  constructor(private state: State) {}

  get = (): State => this.state;

  set(state: State): void {
    this.state = state;
    for (const listener of [...this.listeners]) listener();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

export function useValue<State>(store: Store<State>): State {
  return useSyncExternalStore(store.subscribe, store.get);
}
