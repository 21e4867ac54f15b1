@_exported import BuiltinPlugins
@_exported import JobmonCore
