namespace CodePool.Tests.Generation;

/// <summary>Pearson's chi-square test of counts against the uniform distribution.</summary>
internal static class ChiSquare
{
    /// <summary>The probability that uniform counts deviate as much as these or more.</summary>
    internal static double PValue(ReadOnlySpan<long> counts)
    {
        long total = 0;
        foreach (long count in counts)
            total += count;

        double expected = (double)total / counts.Length, statistic = 0;
        foreach (long count in counts)
            statistic += (count - expected) * (count - expected) / expected;

        return UpperTail((counts.Length - 1) / 2.0, statistic / 2);
    }

    /// <summary>The regularised upper incomplete gamma function Q(a, x). Source: Abramowitz and Stegun, 6.5.29 and 6.5.31.</summary>
    internal static double UpperTail(double a, double x)
    {
        double scale = Math.Exp((a * Math.Log(x)) - x - LogGamma(a));
        if (x == 0)
            return 1;

        return x < a + 1 ? 1 - (scale * Series(a, x)) : scale * ContinuedFraction(a, x);
    }

    private static double Series(double a, double x)
    {
        double term = 1 / a, sum = term;
        for (int n = 1; term > sum * 1e-17; n++)
            sum += term *= x / (a + n);

        return sum;
    }

    // Evaluated backwards from a fixed depth: plenty for x >= a + 1 and a <= 47, and simpler than Lentz's method.
    private static double ContinuedFraction(double a, double x)
    {
        double tail = 0;
        for (int n = 2_000; n >= 1; n--)
            tail = n * (n - a) / (x + (2 * n) + 1 - a - tail);

        return 1 / (x + 1 - a - tail);
    }

    // Half-integers only, as degrees of freedom are whole: Gamma(a + 1) = a Gamma(a) from 1 or from 1/2.
    private static double LogGamma(double a)
    {
        double log = a == Math.Floor(a) ? 0 : Math.Log(Math.PI) / 2;
        for (double factor = a - 1; factor > 0; factor--)
            log += Math.Log(factor);

        return log;
    }
}
