namespace CodePool;

/// <summary>Where a code is in its life. <see cref="Used"/> and <see cref="Void"/> are final.</summary>
public enum CodeState
{
    /// <summary>In the store, free to be leased.</summary>
    Available,

    /// <summary>Out with an open epoch: in a cache, or taken and not yet marked.</summary>
    Leased,

    /// <summary>Handed out.</summary>
    Used,

    /// <summary>Its epoch died and its fate is unknown. It may be in a customer's hand, so it is never handed out again; a late mark still makes it Used.</summary>
    Unconfirmed,

    /// <summary>Withdrawn by the operator.</summary>
    Void,
}
