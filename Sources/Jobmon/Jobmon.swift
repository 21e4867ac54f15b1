@_exported import JobmonCore
@_exported import BuiltinPlugins
