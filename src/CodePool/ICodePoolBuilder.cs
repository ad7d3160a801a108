using Microsoft.Extensions.DependencyInjection;

namespace CodePool;

/// <summary>A pool being set up: providers hang their <c>Use…</c> methods on it.</summary>
public interface ICodePoolBuilder
{
    /// <summary>The pool's name.</summary>
    string Name { get; }

    /// <summary>The host's services.</summary>
    IServiceCollection Services { get; }
}
