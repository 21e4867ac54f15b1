import CCrypto

/// SHA-256 (FIPS 180-4) of many values, one after the other, by the system's libcrypto.
///
/// The algorithm is looked up once a process (1 ms), and the context is kept from one value to the next.
package final class SHA256 {
  /// Bytes of a hash.
  static let size = 32

  // Only read after it was made, as libcrypto allows from several threads. Without the machine's openssl.cnf, which may name
  // modules that a statically linked program cannot load.
  nonisolated(unsafe) private static let algorithm = {
    OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil)
    return EVP_MD_fetch(nil, "SHA256", nil)
  }()
  private let context = EVP_MD_CTX_new()

  package init() { begin() }

  deinit { EVP_MD_CTX_free(context) }

  /// Forgets what was added.
  func begin() { check(EVP_DigestInit_ex2(context, Self.algorithm, nil)) }

  package func add(_ bytes: UnsafeRawBufferPointer) {
    check(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count))
  }

  /// Passes the hash of what was added on, and begins anew.
  package func finish<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withUnsafeTemporaryAllocation(byteCount: Self.size, alignment: 8) { hash in
      var count: UInt32 = 0
      check(EVP_DigestFinal_ex(context, hash.baseAddress?.assumingMemoryBound(to: UInt8.self), &count))
      begin()
      return body(UnsafeRawBufferPointer(hash))
    }
  }

  /// It fails where libcrypto has no SHA-256 or there is no memory: nothing can be done about either.
  private func check(_ result: Int32) { precondition(result == 1, "libcrypto cannot compute a SHA-256") }
}
