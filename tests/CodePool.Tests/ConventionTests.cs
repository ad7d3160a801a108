using System.Reflection;
using System.Runtime.CompilerServices;

namespace CodePool.Tests;

/// <summary>What every public type keeps to.</summary>
public sealed class ConventionTests
{
    private static readonly Type[] Public = typeof(ICodePool).Assembly.GetExportedTypes();

    [Fact]
    public void Public_classes_are_sealed_abstract_or_exceptions() =>
        AssertNone(Public.Where(type => type.IsClass && !type.IsSealed && !type.IsAbstract && !type.IsSubclassOf(typeof(Exception))));

    [Fact]
    public void Async_methods_take_a_token_last() =>
        AssertNone(Methods().Where(IsAsync).Where(method =>
            method.Name != nameof(IAsyncDisposable.DisposeAsync)
            && method.GetParameters().LastOrDefault()?.ParameterType != typeof(CancellationToken)));

    [Fact]
    public void Async_methods_end_in_Async_and_others_do_not() =>
        AssertNone(Methods().Where(method => IsAsync(method) != method.Name.EndsWith("Async", StringComparison.Ordinal)));

    [Fact]
    public void Only_options_can_be_set() =>
        AssertNone(
            from type in Public
            where type != typeof(CodePoolOptions)
            from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            where property.SetMethod is { IsPublic: true } set
                && !set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit))
                && !(type.IsValueType && type.IsDefined(typeof(IsReadOnlyAttribute)))
            select $"{type.Name}.{property.Name}");

    [Fact]
    public void Public_fields_are_constants() =>
        AssertNone(Public.Where(t => !t.IsEnum).SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance))
            .Where(field => !field.IsLiteral && !field.IsInitOnly));

    [Fact]
    public void Nothing_internal_is_public() =>
        AssertNone(Public.Where(type => type.Namespace!.Contains(".Internal", StringComparison.Ordinal)));

    [Fact]
    public void Every_exception_is_a_CodePoolException() =>
        AssertNone(Public.Where(type => type.IsSubclassOf(typeof(Exception)) && !type.IsAssignableTo(typeof(CodePoolException))));

    private static void AssertNone<T>(IEnumerable<T> offenders) => Assert.Empty(offenders);

    private static IEnumerable<MethodInfo> Methods() =>
        Public.SelectMany(type => type.GetMethods(
            BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly));

    private static bool IsAsync(MethodInfo method) =>
        method.ReturnType.Name.Split('`')[0] is nameof(Task) or nameof(ValueTask);
}
