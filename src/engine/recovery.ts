import {
  entropyToWords,
  foldWord,
  recoveryEntropyBytes,
  type RecoveryEntropy,
} from '#crypto/recovery-words.ts';
import { ok } from '#core/types/result.ts';
import type { BackupCalls, WordLanguage } from './api/backup-calls.ts';
import type { Outcome } from './api/outcome.ts';
import { engineError, runUnlocked, type EngineContext } from './engine-context.ts';
import type { SealedValueOf } from './sealed-values.ts';
import type { VaultSession } from './vault-session.ts';

type RecoveryValue = SealedValueOf<'recovery'>;

/** How far the user has come with recovery words and backups. */
export function readRecovery(context: EngineContext): ReturnType<BackupCalls['readRecovery']> {
  return runUnlocked(context, (vault) => {
    const held = recoveryOf(vault);
    return Promise.resolve(
      ok({
        language: held?.language ?? null,
        confirmed: held?.confirmed ?? false,
        lastBackupDay: held?.lastBackupDay ?? null,
      }),
    );
  });
}

/** The twelve words, drawn once; another language spells the same secret. */
export function showRecoveryWords(
  context: EngineContext,
  language: WordLanguage,
): Outcome<readonly string[]> {
  return runUnlocked(context, async (vault) => {
    const held = recoveryOf(vault) ?? drawRecovery(context, vault, language);
    const words = await entropyToWords(held.entropy, language);
    if (held.language !== language || recoveryOf(vault) === undefined) {
      await vault.commit({ put: [{ ...held, language }] });
    }
    return ok(words);
  });
}

/** Compares what was typed back; `field` is the first position that differs, from 1. */
export function confirmRecoveryWords(
  context: EngineContext,
  words: readonly string[],
): Outcome<void> {
  return runUnlocked(context, async (vault) => {
    const held = recoveryOf(vault);
    if (held === undefined) return engineError('not-found');
    const right = await entropyToWords(held.entropy, held.language);
    const wrong = right.findIndex((word, index) => foldWord(word) !== foldWord(words[index] ?? ''));
    if (wrong >= 0) return engineError('words-wrong', String(wrong + 1));
    await vault.commit({ put: [{ ...held, confirmed: true }] });
    context.emit('vault');
    return ok(undefined);
  });
}

/** What this vault's backups are sealed with, if its words were ever shown. */
export function recoveryOf(vault: VaultSession): RecoveryValue | undefined {
  return vault.all('recovery')[0];
}

function drawRecovery(
  { random }: EngineContext,
  vault: VaultSession,
  language: WordLanguage,
): RecoveryValue {
  return {
    type: 'recovery',
    id: vault.newId(),
    entropy: random(recoveryEntropyBytes) as RecoveryEntropy,
    language,
    confirmed: false,
    serial: 0,
    lastBackupDay: null,
  };
}
