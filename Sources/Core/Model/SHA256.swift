import CCrypto

/// Computes SHA-256 (FIPS 180-4) of many values, one after the other, with the system's libcrypto.
///
/// The algorithm is fetched once per process (1 ms), and the context is reused for the next value.
package final class SHA256 {
  /// Size of a hash in bytes.
  static let size = 32

  // After its creation it is only read, which libcrypto allows from several threads. The system's openssl.cnf is not
  // loaded, because it may name modules that a statically linked program cannot load.
  nonisolated(unsafe) private static let algorithm = {
    OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil)
    return EVP_MD_fetch(nil, "SHA256", nil)
  }()
  private let context = EVP_MD_CTX_new()

  package init() { begin() }

  deinit { EVP_MD_CTX_free(context) }

  /// Discards the added bytes.
  func begin() { check(EVP_DigestInit_ex2(context, Self.algorithm, nil)) }

  package func add(_ bytes: UnsafeRawBufferPointer) {
    check(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count))
  }

  /// Calls `body` with the hash of the added bytes, and begins a new hash.
  package func finish<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withUnsafeTemporaryAllocation(byteCount: Self.size, alignment: 8) { hash in
      var count: UInt32 = 0
      check(EVP_DigestFinal_ex(context, hash.baseAddress?.assumingMemoryBound(to: UInt8.self), &count))
      begin()
      return body(UnsafeRawBufferPointer(hash))
    }
  }

  /// Fails if libcrypto does not have SHA-256 or is out of memory. There is no way to recover from either.
  private func check(_ result: Int32) { precondition(result == 1, "libcrypto cannot compute a SHA-256") }
}
