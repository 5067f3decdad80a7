/**
 * Who is signed in, in this browser tab.
 *
 * Every tab has its own people, kept in `sessionStorage`, so that two tabs can talk to each other. Refresh tokens
 * rotate and using one twice ends its session, so a tab must never work with a copy of another tab's tokens: see
 * `takeStored`.
 */

import type { Demo } from './config';
import { rememberPerson } from './recent';
import { Store } from './store';
import * as api from './tokens';

export interface Account {
  handle: string;
  displayName: string;
  /** Null once they no longer work: the person has to sign in again. */
  tokens: api.Tokens | null;
}

export interface SessionsState {
  /** The handle that requests are sent as; null when signed out. */
  current: string | null;
  accounts: Account[];
  /** The handle that is being signed in at this moment. */
  busy: string | null;
  /** Why the last attempt failed, for people. */
  problem: string | null;
}

const STORAGE_KEY = 'backchannel:session';
/** How long to wait after a renewal that failed for want of a network, in ms. */
const RETRY_AFTER = 5_000;
/** A timer that is set further ahead than this overflows, in ms. */
const LONGEST_TIMER = 2 ** 31 - 1;
const SIGNED_OUT: SessionsState = { current: null, accounts: [], busy: null, problem: null };

export class Sessions {
  readonly store: Store<SessionsState>;
  private renewals = new Map<string, Promise<string | null>>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly path: string,
    private readonly demo: Demo | null,
  ) {
    const { state, wanted } = takeStored();
    this.store = new Store(state);
    addEventListener('pagehide', () => this.save(true));
    addEventListener('pageshow', (event) => event.persisted && this.save(false));
    this.update({});
    if (wanted !== null && this.isDemo(wanted)) void this.switchTo(wanted);
  }

  /** Signs in and sends everything from now on as that person. What went wrong is in the state's `problem`. */
  async signIn(handle: string, password: string): Promise<boolean> {
    this.update({ busy: handle, problem: null });
    try {
      const account = await api.signIn(this.path, handle, password);
      const overtaken = this.store.get().busy !== handle; // someone else was chosen while the server was thinking
      this.update(overtaken ? this.with(account) : { ...this.with(account), current: account.handle, busy: null });
      return true;
    } catch (error) {
      if (this.store.get().busy === handle) this.update({ busy: null, problem: (error as Error).message });
      return false;
    }
  }

  /** Sends everything from now on as that person, who is either signed in already or one of the demo people. */
  async switchTo(handle: string): Promise<void> {
    if (this.account(handle)?.tokens) this.update({ current: handle, busy: null, problem: null });
    else if (this.isDemo(handle)) await this.signIn(handle, this.demo!.password);
    else this.update({ problem: `Sign in again as @${handle}.` });
  }

  async signOut(): Promise<void> {
    const { current, accounts } = this.store.get();
    const account = current === null ? undefined : this.account(current);
    this.update({ current: null, accounts: accounts.filter((other) => other !== account), busy: null, problem: null });
    if (account?.tokens) await api.signOut(this.path, account.tokens.accessToken).catch(() => undefined);
  }

  /** A token that works for a while yet, for the current person; null when signed out. */
  async accessToken(): Promise<string | null> {
    const account = this.account(this.store.get().current);
    if (!account?.tokens) return null;
    if (account.tokens.renewAt > Date.now()) return account.tokens.accessToken;
    return this.renew(account.handle);
  }

  /** The server refused this token although its time is not over: get another one. Null when there is none. */
  async replace(refused: string): Promise<string | null> {
    const account = this.account(this.store.get().current);
    if (!account?.tokens) return null;
    return account.tokens.accessToken === refused ? this.renew(account.handle) : account.tokens.accessToken;
  }

  dismissProblem(): void {
    this.update({ problem: null });
  }

  isDemo(handle: string): boolean {
    return this.demo?.people.some((person) => person.handle === handle) ?? false;
  }

  /** One renewal at a time for each person: a refresh token works once. */
  private renew(handle: string): Promise<string | null> {
    const running = this.renewals.get(handle) ?? this.renewOnce(handle).finally(() => this.renewals.delete(handle));
    this.renewals.set(handle, running);
    return running;
  }

  private async renewOnce(handle: string): Promise<string | null> {
    const account = this.account(handle);
    if (!account?.tokens) return null;
    try {
      return this.keep(account, await api.refresh(this.path, account.tokens.refreshToken));
    } catch (error) {
      if (!(error instanceof api.Refused)) throw error; // the network's fault: the tokens may be good still
      return this.isDemo(handle) ? this.signInAgain(account) : this.giveUp(account, error.message);
    }
  }

  private async signInAgain(account: Account): Promise<string | null> {
    try {
      return this.keep(account, (await api.signIn(this.path, account.handle, this.demo!.password)).tokens);
    } catch (error) {
      if (!(error instanceof api.Refused)) throw error;
      return this.giveUp(account, error.message);
    }
  }

  private keep(account: Account, tokens: api.Tokens): string | null {
    if (!this.account(account.handle)) return null; // signed out meanwhile
    this.update(this.with({ ...account, tokens }));
    return tokens.accessToken;
  }

  private giveUp(account: Account, reason: string): null {
    const { current } = this.store.get();
    const isCurrent = current === account.handle;
    this.update({
      ...this.with({ ...account, tokens: null }),
      ...(isCurrent && { current: null, problem: `@${account.handle}’s session has ended: ${reason}` }),
    });
    return null;
  }

  private account(handle: string | null): Account | undefined {
    return this.store.get().accounts.find((account) => account.handle === handle);
  }

  private with(account: Account): Pick<SessionsState, 'accounts'> {
    const { accounts } = this.store.get();
    const known = accounts.some((other) => other.handle === account.handle);
    return {
      accounts: known
        ? accounts.map((other) => (other.handle === account.handle ? account : other))
        : [...accounts, account],
    };
  }

  private update(change: Partial<SessionsState>): void {
    if (change.current) rememberPerson(change.current);
    this.store.set({ ...this.store.get(), ...change });
    this.save(false);
    this.renewInTime();
  }

  private renewInTime(soonest = 0): void {
    clearTimeout(this.timer);
    const renewAt = this.account(this.store.get().current)?.tokens?.renewAt;
    if (renewAt === undefined) return;
    const wait = Math.max(renewAt - Date.now() + 50, soonest);
    this.timer = setTimeout(
      () => void this.accessToken().catch(() => this.renewInTime(RETRY_AFTER)),
      Math.min(wait, LONGEST_TIMER),
    );
  }

  private save(released: boolean): void {
    const { current, accounts } = this.store.get();
    sessionStorage.setItem(STORAGE_KEY, JSON.stringify({ current, accounts, released }));
  }
}

/**
 * The people this tab had before it was reloaded, and whom to sign in anew.
 *
 * A duplicated tab starts with a copy of its original's storage. The original has not left its page and so has not
 * marked its tokens as released: then only the names are taken over, and the tokens stay with the tab that has them.
 */
function takeStored(): { state: SessionsState; wanted: string | null } {
  try {
    const { current, accounts, released } = JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? '{}');
    if (!Array.isArray(accounts)) return { state: SIGNED_OUT, wanted: null };
    if (released === true) return { state: { ...SIGNED_OUT, current, accounts }, wanted: null };
    const names = accounts.map((account: Account) => ({ ...account, tokens: null }));
    return { state: { ...SIGNED_OUT, accounts: names }, wanted: current };
  } catch {
    return { state: SIGNED_OUT, wanted: null };
  }
}
