import { openBackup, sealBackup } from '#crypto/backup-file.ts';
import { wordsToEntropies, type RecoveryEntropy } from '#crypto/recovery-words.ts';
import { equalBytes, type Bytes } from '#core/types/bytes.ts';
import { dayToMs } from '#core/types/day.ts';
import { ok, type Result } from '#core/types/result.ts';
import type { BackupFile, BackupScope, BackupSummary } from './api/backup-calls.ts';
import type { EngineError, Outcome } from './api/outcome.ts';
import {
  backupValues,
  decodeBackup,
  encodeBackup,
  type BackupContents,
} from './backup-contents.ts';
import { valuesToRestore } from './backup-restore.ts';
import { engineError, runUnlocked, today, type EngineContext } from './engine-context.ts';
import { recoveryOf } from './recovery.ts';
import type { SealedValue } from './sealed-values.ts';
import type { VaultSession } from './vault-session.ts';

/** A backup and the secret that opened it. */
interface OpenedBackup extends BackupContents {
  readonly entropy: RecoveryEntropy;
}

/** Seals what the vault holds under the recovery words; they must have been typed back. */
export function exportBackup(context: EngineContext, scope: BackupScope): Outcome<BackupFile> {
  return runUnlocked(context, async (vault) => {
    const recovery = recoveryOf(vault);
    if (recovery?.confirmed !== true) return engineError('words-wrong');
    const day = today(context);
    const serial = recovery.serial + 1;
    const values = backupValues(vault.values(), scope);
    const content = encodeBackup({ scope, day, serial, values });
    const bytes = sealBackup(vault.crypto, context.random, recovery.entropy, content);
    vault.crypto.wipe(content);
    await vault.commit({ put: [{ ...recovery, serial, lastBackupDay: day }] });
    context.emit('vault');
    const isoDate = new Date(dayToMs(day)).toISOString().slice(0, 10);
    return ok({ bytes, name: `garden-${isoDate}.bin` });
  });
}

/** Opens a backup and says what is in it; changes nothing. */
export function inspectBackup(
  context: EngineContext,
  bytes: Uint8Array,
  words: readonly string[],
): Outcome<BackupSummary> {
  return runUnlocked(context, async (vault) => {
    const opened = await openWithWords(vault, bytes, words);
    return opened.ok ? ok(summarize(vault, opened.value)) : opened;
  });
}

/** Adds to the vault what it does not have; what it has is newer and stays. */
export function restoreBackup(
  context: EngineContext,
  bytes: Uint8Array,
  words: readonly string[],
): Outcome<BackupSummary> {
  return runUnlocked(context, async (vault) => {
    const opened = await openWithWords(vault, bytes, words);
    if (!opened.ok) return opened;
    const summary = summarize(vault, opened.value);
    const put = [
      ...valuesToRestore(vault, opened.value.values, today(context)),
      ...recoveryToRestore(vault, opened.value),
    ];
    await vault.commit({ put });
    for (const event of ['vault', 'mail', 'personas', 'drafts', 'board', 'searches'] as const) {
      context.emit(event);
    }
    context.kick();
    return ok(summary);
  });
}

async function openWithWords(
  { crypto }: VaultSession,
  bytes: Uint8Array,
  words: readonly string[],
): Promise<Result<OpenedBackup, EngineError>> {
  const entropies = await wordsToEntropies(words);
  if (entropies.length === 0) return engineError('words-wrong');
  let failure: Result<never, EngineError> = engineError('backup-damaged');
  for (const entropy of entropies) {
    const content = openBackup(crypto, entropy, bytes);
    if (!content.ok) {
      failure = engineError(content.error.code);
      continue;
    }
    const decoded = decodeBackup(content.value);
    crypto.wipe(content.value);
    return decoded.ok ? ok({ ...decoded.value, entropy }) : engineError('backup-damaged');
  }
  return failure;
}

function summarize(
  vault: VaultSession,
  { scope, day, serial, values, entropy }: OpenedBackup,
): BackupSummary {
  const count = (type: SealedValue['type']) => values.filter((value) => value.type === type).length;
  const newPersonas = values.filter(
    (value) => value.type === 'persona' && vault.persona(value.key) === undefined,
  ).length;
  const known = recoveryOf(vault);
  return {
    scope,
    day,
    personas: count('persona'),
    conversations: count('conversation'),
    messages: count('message'),
    newPersonas,
    older: known !== undefined && equalBytes(known.entropy, entropy) && known.serial > serial,
  };
}

/** A new device goes on with the words that opened the backup. */
function recoveryToRestore(vault: VaultSession, opened: OpenedBackup): readonly SealedValue[] {
  if (recoveryOf(vault) !== undefined) return [];
  const { entropy, serial, day } = opened;
  return [
    {
      type: 'recovery',
      id: vault.newId(),
      entropy: entropy.slice() as Bytes as RecoveryEntropy,
      language: 'en',
      confirmed: true,
      serial,
      lastBackupDay: day,
    },
  ];
}
