import { useEffect, useRef, useState, type FormEvent } from 'react';
import { usePlayground } from '../playground';
import { useValue } from '../store';

/** For people that no demo knows the password of. */
export function SignInForm({ onSignedIn }: { onSignedIn?: () => void }) {
  const { sessions } = usePlayground();
  const { busy } = useValue(sessions.store);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const handle = String(fields.get('handle')).trim().replace(/^@/, '');
    if (await sessions.signIn(handle, String(fields.get('password')))) onSignedIn?.();
  }

  return (
    <form className="bc-form" aria-label="Sign in" onSubmit={(event) => void submit(event)}>
      <input
        name="handle"
        placeholder="Handle"
        aria-label="Handle"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
      />
      <input
        name="password"
        type="password"
        placeholder="Password"
        aria-label="Password"
        autoComplete="current-password"
        required
      />
      <button type="submit" className="bc-button bc-primary" disabled={busy !== null}>
        Sign in
      </button>
    </form>
  );
}

/** The same form behind a button, for a bar that is full of people already. */
export function SignInMenu() {
  const [open, setOpen] = useState(false);
  const menu = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!open) return;
    menu.current?.querySelector('input')?.focus();
    const closeOutside = (event: PointerEvent) => menu.current?.contains(event.target as Node) || setOpen(false);
    const closeOnEscape = (event: KeyboardEvent) => event.key === 'Escape' && setOpen(false);
    addEventListener('pointerdown', closeOutside);
    addEventListener('keydown', closeOnEscape);
    return () => {
      removeEventListener('pointerdown', closeOutside);
      removeEventListener('keydown', closeOnEscape);
    };
  }, [open]);

  return (
    <div className="bc-menu" ref={menu}>
      <button
        type="button"
        className="bc-icon-button"
        aria-label="Sign in as someone else"
        title="Sign in as someone else"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round">
          <path d="M12 6v12M6 12h12" />
        </svg>
      </button>
      {open && (
        <div className="bc-popover">
          <p>Sign in as someone else</p>
          <SignInForm onSignedIn={() => setOpen(false)} />
        </div>
      )}
    </div>
  );
}
