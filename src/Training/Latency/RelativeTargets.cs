namespace StereoSpike.Training;

/// <summary>The errors of output times against targets that follow the first output spike.</summary>
/// <remarks><code>
/// m = min over o of t_o
/// m &lt; T:  T_label = m;  T_o = min(m + γ, T) for every other o with t_o − m &lt; γ;  T_o = t_o for the rest
/// m = T:  T_label = T − γ (S4NN) or T (BS4NN: no push);  T_o = T
/// δ_o = (T_o − t_o) / T, then δ ← δ / ‖δ‖₂ unless it is zero
/// </code>
/// Source: Kheradpisheh and Masquelier, S4NN, 2020 (arXiv:1910.09495), section "Relative target firing time", and the authors' code.
/// </remarks>
public static class RelativeTargets
{
    /// <summary>Works the errors out.</summary>
    /// <param name="times">t_o, steps; T for never.</param>
    /// <param name="label">The output that should be first.</param>
    /// <param name="steps">T.</param>
    /// <param name="gamma">γ: how many steps behind the label's the others should be.</param>
    /// <param name="pushSilent">Whether the label is drawn earlier where nobody fires.</param>
    /// <param name="errors">Receives δ, of length 1 or all zero.</param>
    /// <returns>Whether there is any error.</returns>
    public static bool Errors(ReadOnlySpan<ushort> times, int label, int steps, int gamma, bool pushSilent, Span<float> errors)
    {
        Guard.Within(label, 0, times.Length - 1);
        int first = steps;
        foreach (ushort time in times)
        {
            first = Math.Min(first, time);
        }

        float squares = 0f;
        for (int o = 0; o < times.Length; o++)
        {
            int target = first == steps ? (o == label && pushSilent ? steps - gamma : steps)
                : o == label ? first
                : times[o] - first < gamma ? Math.Min(first + gamma, steps) : times[o];
            errors[o] = (target - times[o]) / (float)steps;
            squares += errors[o] * errors[o];
        }

        if (squares == 0f)
        {
            return false;
        }

        float scale = 1f / MathF.Sqrt(squares);
        for (int o = 0; o < times.Length; o++)
        {
            errors[o] *= scale;
        }

        return true;
    }
}
