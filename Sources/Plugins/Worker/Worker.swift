import Glibc
@main struct Worker { static func main() { print("w") } }
