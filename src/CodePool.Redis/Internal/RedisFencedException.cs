namespace CodePool.Redis.Internal;

/// <summary>A script's fence refused. Nothing was touched, and nothing will be until the epoch is replaced.</summary>
internal sealed class RedisFencedException(string reason) : Exception($"The fence refused: {reason}.");
