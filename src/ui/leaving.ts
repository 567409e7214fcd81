import { createContext } from 'svelte';

/** What “Leave now” does, for what covers the button at the top of the screen. */
export const [getLeave, setLeave] = createContext<() => void>();
