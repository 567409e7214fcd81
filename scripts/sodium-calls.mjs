/**
 * All that is called of libsodium, by its own names; what nothing here needs is left out of the
 * build. A test compares this with what src/crypto calls.
 */
export const sodiumCalls = new Set([
  'crypto_aead_xchacha20poly1305_ietf_decrypt',
  'crypto_aead_xchacha20poly1305_ietf_encrypt',
  'crypto_auth_hmacsha512',
  'crypto_auth_hmacsha512_final',
  'crypto_auth_hmacsha512_init',
  'crypto_auth_hmacsha512_update',
  'crypto_kem_xwing_dec',
  'crypto_kem_xwing_enc_deterministic',
  'crypto_kem_xwing_seed_keypair',
  'crypto_pwhash',
  'crypto_pwhash_ALG_ARGON2ID13',
  'crypto_scalarmult',
  'crypto_scalarmult_base',
  'crypto_secretstream_xchacha20poly1305_TAG_FINAL',
  'crypto_secretstream_xchacha20poly1305_TAG_MESSAGE',
  'crypto_secretstream_xchacha20poly1305_init_pull',
  'crypto_secretstream_xchacha20poly1305_pull',
  'crypto_secretstream_xchacha20poly1305_push',
  'crypto_sign_detached',
  'crypto_sign_seed_keypair',
  'crypto_sign_verify_detached',
]);
