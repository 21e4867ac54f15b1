import CLinux

/// Detects network file systems. Several hosts cannot share a write-ahead log over a network.
enum FileSystemKind {
  /// Magic numbers of network and cluster file systems (statfs(2), and the file systems' own headers).
  private static let network: [Int: String] = [
    0x6969: "NFS", 0xFF53_4D42: "SMB", 0xFE53_4D42: "SMB2", 0x517B: "SMB", 0x0BD0_0BD0: "Lustre",
    0x4750_4653: "GPFS", 0x1983_0326: "BeeGFS", 0x5346_414F: "AFS", 0x6B41_4653: "AFS", 0x00C3_6400: "Ceph",
    0x6573_5546: "FUSE", 0x0116_1970: "GFS2", 0x7461_636F: "OCFS2", 0x0102_1997: "9P", 0x2030_5245: "PanFS",
  ]

  /// The name of the network file system of `folder`; nil for a local one.
  static func networkName(of folder: String) -> String? {
    let type = clinux_file_system_type(folder)
    return type < 0 ? nil : name(Int(type))
  }

  /// The name of the network file system with this magic number; nil for any other.
  static func name(_ type: Int) -> String? { network[type & 0xFFFF_FFFF] }
}
