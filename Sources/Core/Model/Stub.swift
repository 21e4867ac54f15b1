import GRDB
import Yams
import Crypto
import Logging
